import { describe, expect, it } from 'vitest'
import { labelKeys } from '../labels.ts'
import type { HelmStatus, Revision } from '../observe/releases.ts'
import { nextAction, type ReleaseAction, type ReleaseFacts, type ReleaseGoal } from './next-action.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const goal: ReleaseGoal = {
  name: 'agent',
  profile: 'demo',
  contentDigest: 'd2',
  timeoutSeconds: 300,
  mayAdopt: false,
  mayUndo: true,
}

/** A release of this plane. `deployed:d1`: the status and the digest on its label. */
function release(
  history: readonly string[],
  more: Partial<ReleaseFacts> & { readonly ageSeconds?: number } = {},
): ReleaseFacts {
  const { ageSeconds = 1, ...rest } = more
  const revisions = history.map((text, index): Revision => {
    const [status, contentDigest = 'd1'] = text.split(':')
    return {
      secret: `sh.helm.release.v1.agent.v${index + 1}`,
      revision: index + 1,
      status: status as HelmStatus, // one of the names below
      labels: { [labelKeys.profile]: 'demo', [labelKeys.contentDigest]: contentDigest },
      changedAt: now - ageSeconds * 1_000,
    }
  })
  return { history: revisions, helmRunning: false, helmEnded: false, now, ...rest }
}

const ended = { helmEnded: true }
const running = { helmRunning: true }
const stale = { ageSeconds: 361 }

type Case = readonly [string, ReleaseFacts, ReleaseAction['kind'] | `rollback ${number}`]

const format = (action: ReleaseAction): string =>
  action.kind === 'rollback' ? `rollback ${action.revision}` : action.kind

describe('the next action to install an interrupted release that must not be undone', () => {
  it.each<Case>([
    ['the first install', release(['pending-install:d2'], ended), 'mark-failed'],
    ['an upgrade', release(['deployed', 'pending-upgrade:d2'], ended), 'mark-failed'],
    ['an uninstall', release(['uninstalling']), 'mark-failed'],
    ['an upgrade that may still run', release(['deployed', 'pending-upgrade:d2']), 'wait'],
  ])('marks it as failed, which deletes nothing: %s', (_, facts, expected) => {
    expect(format(nextAction(facts, { ...goal, mayUndo: false }, 'installed'))).toBe(expected)
  })
})

describe('the next action to install a release', () => {
  it.each<Case>([
    ['there is no release', release([]), 'install'],
    ['there is no release yet, but our helm is running', release([], running), 'wait'],
    ['it is deployed with the desired content', release(['deployed:d2']), 'none'],
    ['it is deployed with other content', release(['deployed:d1']), 'upgrade'],
    ['it is deployed with other content, but our helm is running', release(['deployed:d1'], running), 'wait'],
    ['it failed, but our helm is running', release(['failed'], running), 'wait'],
    ['the first revision failed', release(['failed:d2']), 'upgrade'],
    ['an upgrade failed', release(['superseded', 'failed:d2']), 'upgrade'],
    ['the last revision is superseded', release(['superseded']), 'upgrade'],
    ['the first install was interrupted and its helm has ended', release(['pending-install:d2'], ended), 'uninstall'],
    ['a helm of an earlier process still installs it', release(['pending-install:d2'], running), 'wait'],
    ['another helm may be installing it', release(['pending-install:d2']), 'wait'],
    ['another helm began to install it too long ago', release(['pending-install:d2'], stale), 'uninstall'],
    ['an upgrade was interrupted', release(['deployed', 'pending-upgrade:d2'], ended), 'rollback 1'],
    [
      'an upgrade was interrupted, after several',
      release(['superseded', 'superseded', 'failed', 'pending-upgrade'], ended),
      'rollback 2',
    ],
    ['an upgrade is running', release(['deployed', 'pending-upgrade:d2'], running), 'wait'],
    ['another helm may be upgrading it', release(['deployed', 'pending-upgrade:d2']), 'wait'],
    ['another helm began to upgrade it too long ago', release(['deployed', 'pending-upgrade:d2'], stale), 'rollback 1'],
    [
      'an upgrade over a failed install was interrupted',
      release(['failed', 'pending-upgrade:d2'], ended),
      'mark-failed',
    ],
    ['a rollback was interrupted', release(['superseded', 'failed', 'pending-rollback'], ended), 'rollback 1'],
    [
      'a rollback was interrupted and no revision is good',
      release(['failed', 'pending-rollback'], ended),
      'mark-failed',
    ],
    ['an uninstall was interrupted', release(['uninstalling']), 'uninstall'],
    ['it was uninstalled with --keep-history', release(['uninstalled']), 'replace'],
    ['helm reports the status "unknown"', release(['unknown']), 'unclear'],
  ])('when %s', (_, facts, action) => {
    expect(format(nextAction(facts, goal, 'installed'))).toBe(action)
  })
})

describe('the next action to install a release of the desired content', () => {
  const labelled = (labels: Readonly<Record<string, string>>): ReleaseFacts => {
    const { history, ...rest } = release(['deployed:d2'])
    return { ...rest, history: history.map((each) => ({ ...each, labels: { ...each.labels, ...labels } })) }
  }
  it.each([
    ['Hangar wrote the revision', labelled({ [labelKeys.revision]: '1' }), undefined, 'none'],
    [
      'another helm wrote it and carried the labels over',
      labelled({ [labelKeys.revision]: '7' }),
      undefined,
      'upgrade',
    ],
    ['the cluster differs from it', labelled({ [labelKeys.operation]: 'earlier' }), 'this', 'upgrade'],
    ['this operation has repaired it', labelled({ [labelKeys.operation]: 'this' }), 'this', 'none'],
  ])('when %s', (_, facts, repairedBy, action) => {
    expect(format(nextAction(facts, { ...goal, repairedBy }, 'installed'))).toBe(action)
  })
})

describe('the next action to uninstall a release', () => {
  it.each<Case>([
    ['there is no release', release([]), 'none'],
    ['there is no release, but our helm is running', release([], running), 'wait'],
    ['it is deployed', release(['deployed']), 'uninstall'],
    ['it is deployed, but our helm is running', release(['deployed'], running), 'wait'],
    ['it failed', release(['failed']), 'uninstall'],
    ['it is superseded', release(['superseded']), 'uninstall'],
    ['an install was interrupted', release(['pending-install'], ended), 'uninstall'],
    ['an install is running', release(['pending-install'], running), 'wait'],
    ['another helm may be upgrading it', release(['deployed', 'pending-upgrade']), 'wait'],
    ['an upgrade was interrupted', release(['deployed', 'pending-upgrade'], ended), 'uninstall'],
    ['a rollback was interrupted', release(['deployed', 'pending-rollback'], ended), 'uninstall'],
    ['an uninstall was interrupted', release(['uninstalling']), 'uninstall'],
    ['an uninstall is running', release(['uninstalling'], running), 'wait'],
    ['it was uninstalled with --keep-history', release(['uninstalled']), 'uninstall'],
    ['helm reports the status "unknown"', release(['unknown']), 'uninstall'],
  ])('when %s', (_, facts, action) => {
    expect(format(nextAction(facts, goal, 'absent'))).toBe(action)
  })
})

describe('a release that does not belong to the plane', () => {
  it.each(['installed', 'absent'] as const)('is not changed, whether it should be %s', (aim) => {
    expect(nextAction(release(['deployed:d2']), { ...goal, profile: 'other' }, aim).kind).toBe('foreign')
  })
})

describe('a release that another helm installed', () => {
  const theirs = (status: HelmStatus, labels = {}): ReleaseFacts => {
    const [revision] = release([status]).history
    return { ...release([]), history: revision === undefined ? [] : [{ ...revision, labels }] }
  }
  it.each([
    ['is upgraded once its adoption was accepted', theirs('deployed'), 'installed', true, 'upgrade'],
    ['is not changed without that', theirs('deployed'), 'installed', false, 'foreign'],
    ['is not uninstalled by it', theirs('deployed'), 'absent', true, 'foreign'],
    ['stays with Flux', theirs('deployed', { 'helm.toolkit.fluxcd.io/name': 'a' }), 'installed', true, 'foreign'],
    ['is not touched while helm may work on it', theirs('pending-upgrade'), 'installed', true, 'foreign'],
  ] as const)('%s', (_what, facts, aim, mayAdopt, action) => {
    expect(nextAction(facts, { ...goal, mayAdopt }, aim).kind).toBe(action)
  })
})

describe('the next action for a release whose record helm cannot read', () => {
  const lost = (status: string): ReleaseFacts => {
    const facts = release([status])
    return { ...facts, history: facts.history.map((each) => ({ ...each, record: 'damaged' as const })) }
  }

  it.each([
    ['deployed', 'installed', true, 'rebuild'],
    ['pending-upgrade', 'installed', true, 'rebuild'],
    ['deployed', 'absent', true, 'rebuild'],
    // Nobody agreed to it.
    ['deployed', 'installed', false, 'unclear'],
    // Helm writes it anew.
    ['uninstalled', 'installed', true, 'replace'],
  ] as const)('%s, to be %s, agreed %s: %s', (status, aim, mayUndo, expected) => {
    expect(nextAction(lost(status), { ...goal, mayUndo }, aim).kind).toBe(expected)
  })

  it('is to wait while helm runs', () => {
    expect(nextAction({ ...lost('deployed'), helmRunning: true }, goal, 'absent').kind).toBe('wait')
  })
})
