package io.nightfeed.simulate;

/**
 * What is true of one post.
 *
 * @param postId as in the raw posts
 * @param authorId as in the raw posts
 * @param topic the main topic
 * @param tau share of each topic, in the order of {@link Topic}; adds up to 1
 * @param q quality: offset of the behaviour rate, log
 * @param eta appeal to emotion: offset of the emotion rate, log
 * @param tone s, the valence of the post in [-1, 1]
 * @param emotion what the text expresses
 * @param language ISO 639-1
 * @param toxic the text abuses its readers
 */
public record TruePost(
    String postId,
    String authorId,
    Topic topic,
    double[] tau,
    double q,
    double eta,
    double tone,
    Emotion emotion,
    String language,
    boolean toxic) {}
