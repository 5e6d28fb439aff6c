/**
 * The fields of KubeVirt's API that are in use, by the names of KubeVirt v1.9; all others are
 * ignored when read. So an object that was read must never be written back whole: patch what is to
 * be changed.
 */
package io.hotfoot.kubevirt;
