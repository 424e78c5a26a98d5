import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import {
  ConnectivityReport,
  EndpointRow,
  ProxyView,
  RunEntry,
  VantageOffer,
} from '../../preload/contract/connectivity.ts'
import { LogRecord } from '../../preload/contract/logs.ts'
import { Plane } from '../../preload/contract/planes.ts'
import { ClusterEvent, PlaneStatus } from '../../preload/contract/workloads.ts'

/** What the core answered about a plane at `plane.recordedAt`, in the shapes of the contract. Has no secret and no name of a machine. */
export const Recording = z.strictObject({
  schemaVersion: z.literal(1),
  plane: Plane.required({ recordedAt: true }),
  status: PlaneStatus,
  /** Of the cluster, newest first. */
  events: z.array(ClusterEvent),
  connectivity: z.strictObject({
    rows: z.array(EndpointRow),
    vantages: z.array(VantageOffer),
    proxy: ProxyView,
    last: ConnectivityReport,
    /** Newest first. */
    runs: z.array(z.strictObject({ entry: RunEntry, report: ConnectivityReport })),
  }),
  logs: z.strictObject({
    sources: z.array(z.strictObject({ id: z.string(), title: z.string() })),
    /** Newest first. */
    records: z.array(LogRecord),
    /** Text of the lines, in bytes. */
    rawBytes: z.int(),
  }),
})
export type Recording = z.infer<typeof Recording>

const unzip = promisify(gunzip)

/** Reads a recording (JSON, gzip). It comes with Hangar: a damaged one is a fault of the installation. */
export async function readRecording(file: string): Promise<Recording> {
  return Recording.parse(JSON.parse((await unzip(await readFile(file))).toString('utf8')))
}
