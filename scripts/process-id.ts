import { isRunning, type ProcessId } from '../main/lib/process-id.ts'

export { isRunning, type ProcessId, processId } from '../main/lib/process-id.ts'

/** Sends a signal to that process if it still runs. Returns whether it did. */
export const signalProcess = (id: ProcessId, signal: NodeJS.Signals): boolean => {
  if (!isRunning(id)) return false
  try {
    process.kill(id.pid, signal)
    return true
  } catch {
    return false
  }
}
