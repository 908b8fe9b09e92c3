/** SQL functions of Nightfeed: each a class of its own, usable from SQL, Java, Scala and Python. */
package io.nightfeed.udfs;
