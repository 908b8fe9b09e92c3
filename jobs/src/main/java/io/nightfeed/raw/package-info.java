/**
 * The raw formats, version 1: what a platform hands over, as gzipped JSON lines.
 *
 * <pre>
 * &lt;raw&gt;/events/&lt;landing date&gt;/part-00000.jsonl.gz   one interaction a line
 * &lt;raw&gt;/posts/&lt;landing date&gt;/part-00000.jsonl.gz    one post a line
 * </pre>
 *
 * The landing date is the night on which a record arrived (UTC), never before it happened. The
 * fields stand in {@code schemas/event-v1.schema.json} and {@code schemas/post-v1.schema.json}.
 */
package io.nightfeed.raw;
