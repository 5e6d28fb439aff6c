/**
 * One way tried with one guest, or several ways side by side: moments, figures, tables, pictures.
 */
package io.hotfoot.lab.trial;
