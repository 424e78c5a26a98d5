import { skipReason } from '../../bed/with-bed.ts'
import { startPlace } from '../../vantages/place.ts'
import { median, type Row } from '../benchmark.ts'

const samples = 3

/**
 * From asking for a check from a pod until the first row that the pod itself gave: Job, scheduling, container, probe and
 * reading its log are in it. Conditions: a bed of one node that has the image, on this computer.
 */
export async function podVantage(signal: AbortSignal): Promise<Row[]> {
  const missing = skipReason('real')
  if (missing !== '') {
    console.error(`Not measured from a pod: ${missing}`)
    return []
  }
  const place = await startPlace(signal)
  try {
    const tookMs: number[] = []
    for (let sample = 0; sample < samples; sample += 1) {
      const { report, firstRowMs } = await place.check([{ kind: 'pod' }], place.clusterAs(), signal)
      const far = report.results.find(({ endpoint }) => endpoint === 'far')
      if (far?.verdict !== 'pass') throw new Error(`from the pod: ${JSON.stringify(far ?? report.vantages)}`)
      tookMs.push(firstRowMs)
    }
    const metric = `from the click to the first row of a pod, median of ${samples}`
    return [{ metric, subject: 'Hangar', unit: 'ms', value: median(tookMs), goal: 10_000 }]
  } finally {
    await place.close()
  }
}
