/** What carbon fluxes are called in CF's table of standard names. @see https://cfconventions.org/standard-names.html */
export const FLUX_NAMES = {
  npp: 'net_primary_productivity_of_biomass_expressed_as_carbon',
  rh: 'surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_heterotrophic_respiration',
  nep: 'surface_net_downward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes_excluding_anthropogenic_land_use_change',
} as const;

/** How a cell of a flux came about: the mean of its land, summed over the period. */
export const SUM_OVER_TIME = 'area: mean where land time: sum';
