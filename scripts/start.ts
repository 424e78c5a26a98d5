import { explain } from '../main/fault.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { openApp } from './open-app.ts'

/** `npm start`: Hangar with this user's kubeconfig, until its window is closed or Ctrl-C. */
const stop = interruptSignal(['SIGINT', 'SIGTERM', 'SIGHUP'])

const print = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`)
}

try {
  process.exitCode = await openApp({ print }, stop)
} catch (error) {
  if (!stop.aborted) {
    print(explain(error))
    process.exitCode = 2
  }
}
