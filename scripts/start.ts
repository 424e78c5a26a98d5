import { Problem } from '../preload/contract/problem.ts'
import { openApp } from './open-app.ts'

/** `npm start`: Hangar on the person's own kubeconfig, until its window is closed or Ctrl-C. */
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`)
}

try {
  process.exitCode = await openApp({ say }, stop.signal)
} catch (error) {
  if (!stop.signal.aborted) {
    say(error instanceof Problem ? `${error.message} ${error.hint}` : String(error))
    process.exitCode = 2
  }
}
