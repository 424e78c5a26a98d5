/** The name under which the vault stores a plane's overrides of chart values. */
export const overridesSecret = (planeId: string): string => `overrides:${planeId}`

/** The name under which the vault stores the key of a plane's log store. */
export const logKeySecret = (planeId: string): string => `logs:${planeId}`

/** The name under which the vault stores a plane's saved searches of logs. */
export const logSearchesSecret = (planeId: string): string => `log-searches:${planeId}`

/** The name under which the vault stores a plane's fetch from a log engine that is not complete. */
export const logFetchSecret = (planeId: string): string => `log-fetch:${planeId}`

/** The name under which the vault stores the key that seals what was asked of a plane's logs. */
export const logAccessSecret = (planeId: string): string => `log-access:${planeId}`
