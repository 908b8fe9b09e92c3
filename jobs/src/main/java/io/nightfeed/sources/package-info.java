/**
 * Public data sets, brought into the raw formats. The data sets are small (a few hundred thousand
 * records), so each is read whole, ordered by landing date and time, and written.
 */
package io.nightfeed.sources;
