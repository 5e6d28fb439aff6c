/**
 * What the operator tells of the moment, to its page and to {@code kubectl hotfoot}: not stored, no
 * part of the Kubernetes API, and good for one version of both.
 */
package io.hotfoot.api.live;
