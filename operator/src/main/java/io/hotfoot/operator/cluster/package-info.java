/**
 * What the operator knows of the cluster, kept by informers: nobody lists a whole kind to decide
 * something.
 */
package io.hotfoot.operator.cluster;
