import { explain } from '../main/fault.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { openApp } from './open-app.ts'

/** `npm start`: Hangar on the person's own kubeconfig, until its window is closed or Ctrl-C. */
const stop = interruptSignal(['SIGINT', 'SIGTERM', 'SIGHUP'])

const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`)
}

try {
  process.exitCode = await openApp({ say }, stop)
} catch (error) {
  if (!stop.aborted) {
    say(explain(error))
    process.exitCode = 2
  }
}
