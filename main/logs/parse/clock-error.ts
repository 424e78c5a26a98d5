/**
 * A line's own time counts if it is this close to the time at which the node read the line: more than any time zone, and
 * a workload cannot place its lines in another year, nor open a partition for each day of it.
 */
export const clockErrorMs = 86_400_000
