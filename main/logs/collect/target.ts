import type { LogFormat } from '../../../preload/contract/profiles.ts'

/** One container of one pod, and how its lines are parsed. */
export interface ContainerTarget {
  readonly source: string
  readonly namespace: string
  readonly pod: string
  readonly podUid: string
  readonly container: string
  readonly format: LogFormat
}

/** Names the stream of a container in the store, the same over all of its restarts. */
export const streamName = ({ podUid, container }: ContainerTarget): string => `${podUid}/${container}`
