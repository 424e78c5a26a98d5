import { Problem } from '../../preload/contract/problem.ts'
import { recordedPlaneId } from '../../preload/recorded-plane.ts'
import { runVerdicts, verdictHistoryOf } from '../../preload/verdict-history.ts'
import { linesAround } from '../logs/around.ts'
import { exportLogs } from '../logs/export/export.ts'
import { findPatterns } from '../logs/patterns/patterns.ts'
import type { Services } from '../router.ts'
import { recordedHistogram, recordedLogStatus, recordedPlace, recordedSearch } from './recorded-logs.ts'
import type { Recording } from './recording.ts'

const isRecorded = (input: object): boolean => 'planeId' in input && input.planeId === recordedPlaneId

/**
 * The services, of which those that read a plane answer from the recording for the recorded plane. It is in no list, and the
 * services that change something know no such plane. The recording is read at its first use.
 */
export function withRecording(services: Services, read: () => Promise<Recording>): Services {
  let reading: Promise<Recording> | undefined
  const recording = (): Promise<Recording> => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined
      throw error
    })
    return reading
  }
  const { planes, workloads, connectivity, logs } = services
  /** A report is made as for a profile without a plane, which is all that is left of the recorded one. */
  const subjectOf = ({ plane }: Recording) => ({ profile: plane.profile, settings: plane.settings })
  async function reportOf(runId: string) {
    const { last, runs } = (await recording()).connectivity
    const report = last.runId === runId ? last : runs.find(({ entry }) => entry.runId === runId)?.report
    if (report === undefined) throw new Problem('RUN_UNKNOWN', 'That run is not recorded.')
    return report
  }
  return {
    ...services,
    planes: {
      ...planes,
      get: async (planeId) => (planeId === recordedPlaneId ? (await recording()).plane : await planes.get(planeId)),
      profileChange: async (input) => (isRecorded(input) ? null : await planes.profileChange(input)),
    },
    workloads: {
      ...workloads,
      async *watch(input, signal) {
        if (!isRecorded(input)) return yield* workloads.watch(input, signal)
        yield { kind: 'state', status: (await recording()).status }
        await ended(signal)
      },
      async events(input, signal) {
        if (!isRecorded(input)) return await workloads.events(input, signal)
        const { events, status } = await recording()
        const object = status.objects.find(({ uid }) => uid === input.object)
        if (input.object === undefined) return events
        return events.filter(
          (event) =>
            event.object.kind === object?.kind &&
            event.object.namespace === object.namespace &&
            event.object.name === object.name,
        )
      },
    },
    connectivity: {
      ...connectivity,
      rows: async (input) => (isRecorded(input) ? (await recording()).connectivity.rows : connectivity.rows(input)),
      vantages: async (planeId) =>
        planeId === recordedPlaneId ? (await recording()).connectivity.vantages : connectivity.vantages(planeId),
      proxy: async (input) => (isRecorded(input) ? (await recording()).connectivity.proxy : connectivity.proxy(input)),
      last: async (planeId) =>
        planeId === recordedPlaneId ? (await recording()).connectivity.last : connectivity.last(planeId),
      runs: async (planeId) =>
        planeId === recordedPlaneId
          ? (await recording()).connectivity.runs.map(({ entry }) => entry)
          : connectivity.runs(planeId),
      verdictHistory: async (planeId) =>
        planeId === recordedPlaneId
          ? verdictHistoryOf(
              (await recording()).connectivity.runs.map(({ report }) => runVerdicts(report)).toReversed(),
            )
          : connectivity.verdictHistory(planeId),
      run: async (input) => (isRecorded(input) ? await reportOf(input.runId) : await connectivity.run(input)),
      compare: async (input) =>
        'planeId' in input && isRecorded(input)
          ? connectivity.compare({ before: await reportOf(input.before), after: await reportOf(input.after) })
          : connectivity.compare(input),
      export: async (input) =>
        'runId' in input && isRecorded(input)
          ? connectivity.export({
              ...subjectOf(await recording()),
              report: await reportOf(input.runId),
              format: input.format,
            })
          : connectivity.export(input),
      allowList: async (input) => {
        if (!('planeId' in input) || !isRecorded(input)) return connectivity.allowList(input)
        const { planeId: _, ...options } = input
        return connectivity.allowList({ ...options, ...subjectOf(await recording()) })
      },
    },
    logs: {
      ...logs,
      status: async (input) => (isRecorded(input) ? recordedLogStatus(await recording()) : logs.status(input)),
      async *search(input, signal) {
        if (!isRecorded(input)) return yield* logs.search(input, signal)
        yield* recordedSearch(await recording(), input)
      },
      async *count(input, signal) {
        if (!isRecorded(input)) return yield* logs.count(input, signal)
        const { count, isComplete } = recordedPlace(await recording(), { ...input, target: { place: 0 } })
        yield { count, isComplete }
      },
      place: async (input, signal) =>
        isRecorded(input) ? recordedPlace(await recording(), input) : logs.place(input, signal),
      async *export(input, signal) {
        if (!isRecorded(input)) return yield* logs.export(input, signal)
        const recorded = await recording()
        const { format, redact = true, ...query } = input
        yield* exportLogs((of) => recordedSearch(recorded, of), { query, format, redact }, signal)
      },
      async around(input, signal) {
        if (!isRecorded(input)) return await logs.around(input, signal)
        const recorded = await recording()
        return await linesAround((of) => recordedSearch(recorded, of), input, signal)
      },
      async *patterns(input, signal) {
        if (!isRecorded(input)) return yield* logs.patterns(input, signal)
        const recorded = await recording()
        const { compare, ...query } = input
        yield* findPatterns((of) => recordedSearch(recorded, of), { query, compare }, signal)
      },
      async *follow(input, signal) {
        if (!isRecorded(input)) return yield* logs.follow(input, signal)
        await ended(signal)
      },
      unfinishedFetch: async (input) => (isRecorded(input) ? null : logs.unfinishedFetch(input)),
      searches: async (input) => (isRecorded(input) ? [] : logs.searches(input)),
      histogram: async (input, signal) =>
        isRecorded(input) ? recordedHistogram(await recording(), input) : logs.histogram(input, signal),
    },
    vault: {
      ...services.vault,
      list: async (input) => (isRecorded(input) ? [] : services.vault.list(input)),
    },
  }
}

/** A recording does not change: its streams end with their reader. */
const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
