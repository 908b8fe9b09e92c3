/**
 * What leaves the lake: files and rows for serving stores, SQL views and a dictionary of tables for
 * analysts. Only gold tables, which hold pseudonyms and no log of what somebody did.
 */
package io.nightfeed.export;
