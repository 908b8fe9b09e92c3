/**
 * What a person sees of a night: the HTML report, and commands that show recommendations and hashes
 * of tables in the terminal. Every figure is aggregated in Spark and bounded in size before it
 * reaches the driver.
 */
package io.nightfeed.report;
