import { interruptSignal } from '../main/lib/interrupt.ts'
import { Problem } from '../preload/contract/problem.ts'
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
    say(error instanceof Problem ? `${error.message} ${error.hint}` : String(error))
    process.exitCode = 2
  }
}
