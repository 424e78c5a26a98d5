import { describe, expect, it } from 'vitest'
import type { PlanStep } from '../../preload/contract/install.ts'
import { planDiff } from './plan-diff.ts'

const step = (part: Partial<PlanStep>): PlanStep => ({
  id: 'release:one',
  title: 'Repair One',
  kind: 'helm-repair',
  before: '',
  after: '',
  needs: [],
  objects: [],
  changes: [],
  notes: [],
  ...part,
})
const web = { kind: 'Deployment', namespace: 'demo', name: 'web' }
const field = { path: 'spec.replicas', before: '3', after: '1', hidden: false, managers: ['kubectl (scale)'] }

describe('a plan as a diff', () => {
  it('has each changed field with its manager, and no hidden value', () => {
    const secret = { path: 'data.token', before: null, after: null, hidden: true, managers: [] }
    const changes = [
      { object: web, change: 'change' as const, fields: [field, secret], moreFields: 2 },
      { object: { ...web, kind: 'Job' }, change: 'recreate' as const, fields: [], moreFields: 0 },
    ]
    expect(planDiff({ steps: [step({ changes, notes: ['Why.'] })] })).toBe(`# Repair One
# Why.
--- Deployment demo/web
+++ Deployment demo/web
@@ spec.replicas @@ set by kubectl (scale)
-3
+1
@@ data.token @@
-[hidden]
+[hidden]
@@ 2 more fields @@
--- Job demo/web
+++ Job demo/web
@@ deleted and created again @@
`)
  })

  it.each([
    [
      'creates what it installs',
      step({ kind: 'helm-install', objects: [web] }),
      ['--- /dev/null', '+++ Deployment demo/web'],
    ],
    [
      'deletes what it uninstalls',
      step({ kind: 'helm-uninstall', objects: [web] }),
      ['--- Deployment demo/web', '+++ /dev/null'],
    ],
    [
      'writes a Secret',
      step({ kind: 'secret', objects: [web], before: 'exists' }),
      ['--- Deployment demo/web', '+++ Deployment demo/web'],
    ],
    [
      'creates a Secret',
      step({ kind: 'secret', objects: [web], before: 'does not exist' }),
      ['--- /dev/null', '+++ Deployment demo/web'],
    ],
  ])('%s', (_, each, lines) => {
    expect(
      planDiff({ steps: [each] })
        .split('\n')
        .slice(1, 3),
    ).toEqual(lines)
  })

  it('has no line that a text of the cluster made', () => {
    const forged = 'a\n+++ Deployment demo/forged\r\n\u2028@@ b @@'
    const fields = [{ path: forged, before: forged, after: null, hidden: false, managers: [forged] }]
    const objects = [{ object: { ...web, name: forged }, change: 'change' as const, fields, moreFields: 0 }]
    const lines = planDiff({ steps: [step({ title: forged, notes: [forged], changes: objects })] }).split('\n')

    expect(lines.filter((line) => /^[+][+]/.test(line))).toHaveLength(1)
    // Values have a line each, with their sign.
    expect(lines.map((line) => line[0] ?? '').join('')).toBe('##-+@---')
  })

  it('leaves out what is kept', () => {
    expect(planDiff({ steps: [step({ kind: 'keep', objects: [web] }), step({ kind: 'verify' })] })).toBe('')
  })
})
