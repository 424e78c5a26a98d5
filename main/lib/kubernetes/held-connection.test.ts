import { describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import type { ClusterConnection } from './client.ts'
import { HeldConnection } from './held-connection.ts'

const connection = (demands: readonly string[]): ClusterConnection => ({
  files: ['/home/jo/.kube/config'],
  contextName: 'a',
  environment: {},
  permit: { demands, variables: [] },
})
const refused = new Problem('CONSENT_NEEDED', 'Not allowed yet.')

/** The answers to the questions for a connection, the last one for ever. */
function answering(...answers: readonly (ClusterConnection | Problem)[]): () => Promise<ClusterConnection> {
  let asked = 0
  return async () => {
    const answer = answers[Math.min(asked, answers.length - 1)]
    asked += 1
    if (answer === undefined || answer instanceof Problem) throw answer
    return answer
  }
}

describe('a held connection', () => {
  it('continues while the user allows the same', async () => {
    const held = new HeldConnection(answering(connection(['p'])))
    const ended = held.begin()
    await held.find()
    await held.recheck()
    expect(ended.aborted).toBe(false)
  })

  it.each([
    ['the consent was revoked', [connection(['p']), refused]],
    ['the user allows something else', [connection(['p']), connection(['p', 'q'])]],
  ])('ends after %s', async (_what, answers) => {
    const held = new HeldConnection(answering(...answers))
    const ended = held.begin()
    await held.find()
    await held.recheck()
    expect(ended.aborted).toBe(true)
  })

  it('is found again after the user has allowed what was refused', async () => {
    const held = new HeldConnection(answering(refused, refused, connection(['p'])))
    const first = held.begin()
    await expect(held.find()).rejects.toBe(refused)
    await held.recheck()
    expect(first.aborted).toBe(false)
    await held.recheck()
    expect(first.aborted).toBe(true)
    const second = held.begin()
    expect([second.aborted, (await held.find()).permit?.demands]).toEqual([false, ['p']])
  })
})
