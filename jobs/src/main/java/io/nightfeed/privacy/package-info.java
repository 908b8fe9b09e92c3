/**
 * What people may ask of a platform: to be forgotten, and that nothing is kept for longer than it
 * is needed. Which columns name people stands in {@link io.nightfeed.tables.TableSpec.Personal};
 * what people agreed to, in {@link io.nightfeed.lake.Consent}.
 */
package io.nightfeed.privacy;
