import { describe, expect, it } from 'vitest'
import { type Act, type Found, type Goal, isForeign, nextStep } from './decide.ts'
import type { HelmStatus, Revision } from './observe/releases.ts'
import { marks } from './plan/desired.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const goal: Goal = { name: 'agent', profile: 'demo', desired: 'd2', timeoutSeconds: 300 }

/** A history of our own: `deployed:d1` is a status and the digest on its label. */
function found(history: readonly string[], more: Partial<Found> & { readonly ageSeconds?: number } = {}): Found {
  const { ageSeconds = 1, ...rest } = more
  const revisions = history.map((text, index): Revision => {
    const [status, desired = 'd1'] = text.split(':')
    return {
      secret: `sh.helm.release.v1.agent.v${index + 1}`,
      revision: index + 1,
      status: status as HelmStatus, // one of the names below
      labels: { [marks.profile]: 'demo', [marks.desired]: desired },
      changedAt: now - ageSeconds * 1_000,
    }
  })
  return { history: revisions, alive: false, gone: false, now, ...rest }
}

const gone = { gone: true }
const alive = { alive: true }
const old = { ageSeconds: 361 }

type Row = readonly [string, Found, Act['kind'] | `rollback ${number}`]

const say = (act: Act): string => (act.kind === 'rollback' ? `rollback ${act.revision}` : act.kind)

describe('the next step towards installed', () => {
  it.each<Row>([
    ['nothing is there', found([]), 'install'],
    ['nothing is there yet, but our helm has begun', found([], alive), 'wait'],
    ['it is deployed as wanted', found(['deployed:d2']), 'none'],
    ['it is deployed otherwise', found(['deployed:d1']), 'upgrade'],
    ['it is deployed otherwise, but our helm has begun', found(['deployed:d1'], alive), 'wait'],
    ['it failed, but our helm has begun', found(['failed'], alive), 'wait'],
    ['the first one failed', found(['failed:d2']), 'upgrade'],
    ['an upgrade failed', found(['superseded', 'failed:d2']), 'upgrade'],
    ['the last one was superseded by none', found(['superseded']), 'upgrade'],
    ['the first install was cut off and its helm is gone', found(['pending-install:d2'], gone), 'uninstall'],
    ['the first install is at work in a helm that outlived us', found(['pending-install:d2'], alive), 'wait'],
    ['somebody may be installing', found(['pending-install:d2']), 'wait'],
    ['somebody was installing, too long ago', found(['pending-install:d2'], old), 'uninstall'],
    ['an upgrade was cut off', found(['deployed', 'pending-upgrade:d2'], gone), 'rollback 1'],
    [
      'an upgrade was cut off, after several',
      found(['superseded', 'superseded', 'failed', 'pending-upgrade'], gone),
      'rollback 2',
    ],
    ['an upgrade is at work', found(['deployed', 'pending-upgrade:d2'], alive), 'wait'],
    ['somebody may be upgrading', found(['deployed', 'pending-upgrade:d2']), 'wait'],
    ['somebody was upgrading, too long ago', found(['deployed', 'pending-upgrade:d2'], old), 'rollback 1'],
    ['an upgrade over a failed install was cut off', found(['failed', 'pending-upgrade:d2'], gone), 'mark-failed'],
    ['a rollback was cut off', found(['superseded', 'failed', 'pending-rollback'], gone), 'rollback 1'],
    ['a rollback to nothing good was cut off', found(['failed', 'pending-rollback'], gone), 'mark-failed'],
    ['an uninstall was cut off', found(['uninstalling']), 'uninstall'],
    ['it was uninstalled, with its history kept', found(['uninstalled']), 'replace'],
    ['helm does not know', found(['unknown']), 'unclear'],
  ])('when %s', (_, at, act) => {
    expect(say(nextStep(at, goal, 'installed'))).toBe(act)
  })
})

describe('the next step towards absent', () => {
  it.each<Row>([
    ['nothing is there', found([]), 'none'],
    ['nothing is there, but our helm still ends', found([], alive), 'wait'],
    ['it is deployed', found(['deployed']), 'uninstall'],
    ['it is deployed still, but our helm has begun', found(['deployed'], alive), 'wait'],
    ['it failed', found(['failed']), 'uninstall'],
    ['it was superseded', found(['superseded']), 'uninstall'],
    ['an install was cut off', found(['pending-install'], gone), 'uninstall'],
    ['an install is at work', found(['pending-install'], alive), 'wait'],
    ['somebody may be upgrading', found(['deployed', 'pending-upgrade']), 'wait'],
    ['an upgrade was cut off', found(['deployed', 'pending-upgrade'], gone), 'uninstall'],
    ['a rollback was cut off', found(['deployed', 'pending-rollback'], gone), 'uninstall'],
    ['an uninstall was cut off', found(['uninstalling']), 'uninstall'],
    ['an uninstall is at work', found(['uninstalling'], alive), 'wait'],
    ['its history was kept', found(['uninstalled']), 'uninstall'],
    ['helm does not know', found(['unknown']), 'uninstall'],
  ])('when %s', (_, at, act) => {
    expect(say(nextStep(at, goal, 'absent'))).toBe(act)
  })
})

describe('a release of somebody else', () => {
  it.each(['installed', 'absent'] as const)('is not touched on the way to %s', (aim) => {
    expect(nextStep(found(['deployed:d2']), { ...goal, profile: 'other' }, aim).kind).toBe('foreign')
  })

  it('is one without our mark on any revision; a rollback by hand leaves it ours', () => {
    const [ours] = found(['superseded']).history
    const theirs = { secret: '', revision: 2, status: 'deployed', labels: {}, changedAt: now } as const
    expect(isForeign([theirs], 'demo')).toBe(true)
    expect(isForeign(ours ? [ours, theirs] : [], 'demo')).toBe(false)
    expect(isForeign([], 'demo')).toBe(false)
  })
})
