/**
 * What HTML pages are made of, whatever they show: tables, numbers as people read them, and
 * drawings in SVG, which need no script. Every text is escaped.
 */
package io.nightfeed.pages;
