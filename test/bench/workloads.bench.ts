import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { startBed } from '../bed/bed.ts'
import { makePods } from '../workloads/scale.ts'
import { serviceFor, temporaryHome, Window } from '../workloads/watching.ts'

const podCount = 3_000
/** A simulated node has room for 1,000. */
const nodeCount = 4
const samples = 5

/** Milliseconds until each sample had the whole state. */
export interface FirstState {
  readonly pods: number
  readonly samplesMs: readonly number[]
}

/**
 * Question: how long from opening a plane of 3,000 pods until its live state is complete?
 * Corpus: simulated pods of one Deployment, all running. A new service for each sample, without a last known state: the
 * start of the thread, the connection to the cluster and the lists of all collections are included.
 * Bias: against Hangar; the API server runs on the same machine.
 */
export async function firstState(signal: AbortSignal): Promise<FirstState> {
  const bed = await startBed({ pods: 'simulated', simulatedNodes: nodeCount }, signal)
  const connection = { files: [bed.kubeconfig], contextName: bed.name, environment: {} }
  const client = await openCluster(connection)
  try {
    await makePods(client, podCount, signal)
    await measure(connection, signal) // until all of them run
    const samplesMs: number[] = []
    for (let index = 0; index < samples; index += 1) samplesMs.push(await measure(connection, signal))
    return { pods: podCount, samplesMs }
  } finally {
    await client.close()
    await bed.down()
  }
}

async function measure(connection: Parameters<typeof serviceFor>[0], signal: AbortSignal): Promise<number> {
  const home = await temporaryHome()
  const service = serviceFor(connection, home.path)
  const started = performance.now()
  const window = new Window(service, signal)
  try {
    await window.until(
      ({ status, objects }) =>
        status.connection.state === 'live' &&
        objects.values().reduce((sum, { kind, health }) => sum + Number(kind === 'Pod' && health === 'healthy'), 0) ===
          podCount,
    )
    return performance.now() - started
  } finally {
    await window.close()
    await service.close()
    await home.remove()
  }
}
