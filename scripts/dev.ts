import { homedir } from 'node:os'
import { parseArgs } from 'node:util'
import { homeFolder } from '../main/home.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { Problem } from '../preload/contract/problem.ts'
import { startDevServer } from './dev-server.ts'

/**
 * `npm run dev`: the window with hot reload, on your own kubeconfig and the state of `npm start`, until Ctrl-C.
 * `--kubeconfig FILE` takes another cluster, `--port N` a fixed port. A change of `main/` needs a restart.
 */
const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, port: { type: 'string', default: '0' } } })
const stop = interruptSignal(['SIGINT', 'SIGTERM', 'SIGHUP'])
try {
  const home = homeFolder(process.env, process.platform, homedir())
  const server = await startDevServer({ home, kubeconfig: values.kubeconfig, port: Number(values.port) })
  console.log(`Open ${server.address}\nThe address works once. Ctrl-C stops Hangar.`)
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }))
  await server.close()
} catch (error) {
  console.error(error instanceof Problem ? `${error.message} ${error.hint}` : error)
  process.exitCode = 2
}
