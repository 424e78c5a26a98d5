import { check } from '../../../main/connectivity/check.ts'
import { Cleanup } from '../../../main/connectivity/vantage/pod/cleanup.ts'
import { skipReason } from '../../bed/with-bed.ts'
import { startSetup, untilGone } from '../../vantages/setup.ts'
import { median, type Row } from '../benchmark.ts'

const samples = 5

/**
 * Question: how long from the click to the first result from a pod, and from a cancel to its end?
 * Conditions: a real one-node cluster on this machine, with the image on the node and the bundle built. Bias: against
 * Hangar, because control plane, node and Hangar share the cores; for Hangar, because no image is pulled.
 */
export async function podVantage(signal: AbortSignal): Promise<readonly Row[]> {
  const missing = skipReason('real')
  if (missing !== '') {
    console.error(`connectivity: the vantages in a cluster are not measured. ${missing}`)
    return []
  }
  const setup = await startSetup(signal)
  try {
    const cluster = setup.clusterAs()
    const firstRows: number[] = []
    for (let sample = 0; sample < samples; sample += 1) {
      const { firstRowMs } = await setup.check([{ kind: 'pod' }], cluster, signal)
      firstRows.push(firstRowMs)
      await untilGone(setup, signal)
    }
    const cancels: number[] = []
    for (let sample = 0; sample < samples; sample += 1) {
      const [cancel, cleaning] = [new AbortController(), new Cleanup()]
      const plane = { ...setup.list, componentTitles: {}, folder: '/', cluster }
      let at = Number.NaN
      try {
        const options = { from: [{ kind: 'pod' }] } as const
        // With the image on the node, which step is under way differs from run to run.
        for await (const event of check(plane, async () => undefined, options, cleaning, cancel.signal))
          if (!cancel.signal.aborted && (event.kind === 'waiting' || event.kind === 'stage')) {
            at = performance.now()
            cancel.abort()
          }
      } catch (error) {
        if (!cancel.signal.aborted) throw error
      }
      cancels.push(performance.now() - at)
      await cleaning.settled()
      await untilGone(setup, signal)
    }
    const hangar = { subject: 'Hangar', unit: 'ms' } as const
    return [
      { ...hangar, metric: 'pod: click to first row, median', value: median(firstRows), goal: 10_000 },
      { ...hangar, metric: 'pod: click to first row, worst', value: Math.max(...firstRows), goal: 10_000 },
      { ...hangar, metric: 'pod: cancel to end, worst', value: Math.max(...cancels), goal: 200 },
    ]
  } finally {
    await setup.close()
  }
}
