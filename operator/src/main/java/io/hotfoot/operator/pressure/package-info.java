/**
 * Relieves pressed nodes: watches their pressure, decides which VM leaves, and asks for its
 * eviction as a person would, by a VMEviction.
 */
package io.hotfoot.operator.pressure;
