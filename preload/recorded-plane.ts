/** The id of the plane that comes with Hangar as a recording. Beside the contract, whose schemas the window does not load. */
export const recordedPlaneId = '5ca1ab1e-0000-4000-8000-00000000d3a0'
