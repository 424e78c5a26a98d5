import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { labelKeys } from '../labels.ts'
import { isHelmOf, isOwnHelmRunning, isWrittenHere } from './orphaned-processes.ts'

const nobody = 65_534
const agent = { name: 'agent', namespace: 'plane' }

/** A process with the label of an operation on its command line, as a helm of Hangar has it. */
async function startLabelled(operation: string, uid?: number): Promise<void> {
  const label = `${labelKeys.operation}=${operation}`
  const child = spawn('/bin/sh', ['-c', 'sleep 60; :', 'helm', 'install', 'agent', '--namespace', 'plane', label], {
    stdio: 'ignore',
    ...(uid && { uid }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
}

it.skipIf(process.platform !== 'linux')('a helm of this user that the journal lacks is found', async () => {
  await startLabelled('operation-of-this-user')

  await expect.poll(() => isOwnHelmRunning('operation-of-this-user', [], 'step', agent)).toBe(true)
})

it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'a process of another user is no helm of the operation, whatever its arguments are',
  async () => {
    await startLabelled('operation-of-another-user', nobody)
    // It takes its arguments a moment after its start.
    await new Promise((resolve) => setTimeout(resolve, 200))

    expect(await isOwnHelmRunning('operation-of-another-user', [], 'step', agent)).toBe(false)
  },
)

const label = `${labelKeys.operation}=op-1`
const installs = [
  '/opt/helm',
  'install',
  'agent',
  '/charts/agent.tgz',
  '--namespace',
  'plane',
  '--labels',
  `x=y,${label}`,
]
it.each([
  ['install of the release', installs, true],
  ['uninstall of the release', ['helm', 'uninstall', 'agent', '--namespace', 'plane', '--description', label], true],
  ['install of another release of the same operation', installs.with(2, 'gateway'), false],
  ['install of the same name in another namespace', installs.with(5, 'other'), false],
  ['install of the release by another operation', installs.with(7, `x=y,${labelKeys.operation}=op-2`), false],
])('a command line is that of the helm which an operation started for a release: %s', (_, words, isOf) => {
  for (const separator of ['\0', ' ']) expect(isHelmOf(words.join(separator), 'op-1', agent)).toBe(isOf)
})

const labelled = (host: string, place?: string, written?: string) => ({
  [labelKeys.host]: host,
  ...(place !== undefined && { [labelKeys.place]: place }),
  ...(written !== undefined && { [labelKeys.revision]: written }),
})

it.each([
  ['by this process table', labelled('a', 'x', '3'), true],
  ['in another container of the same name and user', labelled('a', 'y', '3'), false],
  ['on another computer', labelled('b', 'x', '3'), false],
  ['by another helm, which carried the labels over', labelled('a', 'x', '2'), false],
  ['by an earlier version of Hangar here', labelled('a'), true],
  ['by another helm', {}, false],
])('the end of a helm can be proven for a revision written %s: %j', (_, labels, isProvable) => {
  expect(isWrittenHere({ labels, revision: 3 }, { host: 'a', place: 'x' })).toBe(isProvable)
})
