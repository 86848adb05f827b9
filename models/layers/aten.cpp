// Holds the precompiled header that all torch targets reuse.
#include <ATen/ATen.h>
