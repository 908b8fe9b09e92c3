package io.nightfeed.reply;

import java.io.Serializable;
import java.util.List;

/**
 * What a source says to a comment, in its own words: it may be shown to whoever wrote the comment.
 *
 * @param kind of the source, see {@link Source.Kind#label}
 * @param ids what it is cited by
 * @param userId who wrote it; null for templates
 * @param textHash of the text that it is a part of; null for templates
 * @param similarity of the source to the comment
 */
record Quote(
    String kind, List<String> ids, String userId, String text, String textHash, double similarity)
    implements Serializable {}
