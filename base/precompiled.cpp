// Holds the precompiled headers that every target without libtorch reuses: nlohmann/json alone costs 4 s a unit.
#include <nlohmann/json.hpp>
