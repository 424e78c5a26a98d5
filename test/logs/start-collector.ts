import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface CollectorOptions {
  readonly kubeconfig: string
  readonly context: string
  readonly folder: string
  readonly key: Buffer
}

/** A process that collects the pods `app=killed` into a store, to be killed. Resolves when it has begun. */
export async function startCollector(options: CollectorOptions): Promise<ChildProcess> {
  const program = new URL('./collector-process.ts', import.meta.url).pathname
  const input = JSON.stringify({ ...options, key: options.key.toString('hex') })
  const child = spawn(process.execPath, [program, input], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}
