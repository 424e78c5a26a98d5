import type {
  CheckGuide,
  ObjectChange,
  Plan,
  PlanLoss,
  PlanWay,
  PreflightResult,
} from '../../../preload/contract/install.ts'
import type { Operation, StepProgress } from '../../../preload/contract/operations.ts'
import { ago, now } from './clock.ts'
import { demoId, paymentsId } from './planes.ts'

export const titles = [
  'Namespace plane-system',
  'Secrets of the plane',
  'Certificate manager',
  'Flux',
  'Gateway, by Flux',
  'Agent',
  'Integrations',
  'Verify',
]

/** By index of the step: its releases do not all need each other. */
const needsOf = [[], [0], [1], [1], [2, 3], [1], [1], [4, 5, 6]].map((needs) => needs.map((index) => `s${index}`))

const inProgress: Pick<StepProgress, 'objects' | 'log' | 'usual'> = {
  objects: [
    {
      object: { kind: 'Deployment', namespace: 'plane-system', name: 'gateway' },
      depth: 0,
      health: 'progressing',
      reason: '1 of 2 pods ready',
    },
    {
      object: { kind: 'Pod', namespace: 'plane-system', name: 'gateway-7d9f8c6b5-bx2kq' },
      depth: 1,
      health: 'degraded',
      reason: 'CrashLoopBackOff: back-off 10 s restarting failed container',
    },
    {
      object: { kind: 'Pod', namespace: 'plane-system', name: 'gateway-7d9f8c6b5-q8v2m' },
      depth: 1,
      health: 'healthy',
      reason: 'Ready',
    },
    {
      object: { kind: 'Service', namespace: 'plane-system', name: 'gateway' },
      depth: 0,
      health: 'healthy',
      reason: 'Has an address',
    },
  ],
  log: {
    pod: 'gateway-7d9f8c6b5-bx2kq',
    container: 'proxy',
    text: 'listening on 8443\nlooking up tokens.example.com\nfatal: no such host: tokens.example.com',
  },
  usual: { ms: 40_000, runs: 3 },
}

/** An install with this number of completed steps; the next step is in this state. */
export function installOf(planeId: string, id: string, done: number, state: Operation['state']): Operation {
  const at: Readonly<Record<Operation['state'], StepProgress['state']>> = {
    running: 'running',
    interrupted: 'running',
    done: 'done',
    failed: 'failed',
    cancelled: 'skipped',
  }
  const steps = titles.map((title, index): StepProgress => {
    const base = { id: `s${index}`, title, needs: needsOf[index] ?? [], waitingOn: [], objects: [] }
    if (index < done)
      return { ...base, state: 'done', startedAt: ago(400 - index * 40), endedAt: ago(370 - index * 40) }
    const isBeside =
      index <= done + 2 && base.needs.every((id) => titles.slice(0, done).some((_, at) => id === `s${at}`))
    if (index > done && (state === 'running' || state === 'interrupted') && isBeside)
      return { ...base, state: 'running', startedAt: ago(20), message: 'Installing' }
    if (index > done) return { ...base, state: 'pending' }
    const waits =
      state === 'running'
        ? [
            {
              object: { kind: 'Deployment', namespace: 'plane-system', name: 'gateway' },
              why: '1 of 2 pods ready; gateway-7d9f8c6b5-bx2kq pulls its image',
              since: ago(24),
            },
          ]
        : []
    return {
      ...base,
      state: at[state],
      startedAt: ago(60),
      waitingOn: waits,
      ...((state === 'running' || state === 'failed') && inProgress),
      ...(state === 'failed' && { message: 'helm: 1 error occurred: timed out waiting for the condition' }),
    }
  })
  const offers: Readonly<Record<Operation['state'], Operation['offers']>> = {
    running: ['cancel'],
    interrupted: ['resume', 'uninstall', 'forget'],
    failed: ['resume', 'uninstall', 'forget'],
    cancelled: ['uninstall', 'forget'],
    done: ['forget'],
  }
  return {
    id,
    kind: 'install',
    planeId,
    title: planeId === demoId ? 'Install demo' : 'Install the plane',
    state,
    startedAt: ago(400),
    updatedAt: ago(10),
    ...(state !== 'running' && state !== 'interrupted' && { endedAt: ago(10) }),
    done,
    total: titles.length,
    steps,
    offers: [...offers[state]],
    ...(state === 'failed' && {
      problem: {
        code: 'STEP_TIMED_OUT',
        message: 'The agent was not ready within 5 min.',
        hint: 'Fix what the step is waiting on, then resume.',
        evidence: 'Deployment plane-system/agent: 0 of 1 ready\nPod agent-7d9f8c6b5-ax2kq: CrashLoopBackOff',
      },
    }),
  }
}

/** As a real plan names its steps; several objects of one kind. */
export function largeInstall(): Operation {
  const base = installOf(paymentsId, '22222222-2222-4222-8222-222222222222', 4, 'running')
  const step = (id: string, title: string, needs: string[], state: StepProgress['state']): StepProgress => ({
    id,
    title,
    needs,
    state,
    waitingOn: [],
    objects: [],
    ...(state !== 'pending' && { startedAt: ago(300) }),
    ...(state === 'done' && { endedAt: ago(290) }),
  })
  const namespaces = ['plane-system', 'plane-observability', 'flux-system'].map((name) =>
    step(`namespace:${name}`, `Create namespace ${name}`, [], 'done'),
  )
  const secrets = ['agent-tls', 'registry-pull', 'event-hub', 'control-plane-token', 'key-vault'].map((name, index) =>
    step(
      `secret:plane-system/${name}`,
      `Write Client certificate of the agent to Secret ${name}`,
      ['namespace:plane-system'],
      index < 3 ? 'done' : 'running',
    ),
  )
  const written = [...namespaces, ...secrets].map(({ id }) => id)
  const releases = [
    ['certificates', 'Install Certificate manager'],
    ['flux', 'Install Flux'],
    ['agent', 'Recover Control plane agent and enforcer'],
    ['observability', 'Apply HelmRelease of Observability collector'],
  ].map(([id, title]) => step(`release:${id}`, title ?? '', written, 'pending'))
  const gateway = step('release:gateway', 'Install Gateway', ['release:certificates', 'release:flux'], 'pending')
  const all = [...namespaces, ...secrets, ...releases, gateway]
  const steps = [
    ...all,
    step(
      'verify',
      'Verify',
      all.map(({ id }) => id),
      'pending',
    ),
  ]
  return { ...base, steps, done: 6, total: steps.length }
}

export const collecting: Operation = {
  id: '11111111-1111-4111-8111-111111111111',
  kind: 'collect',
  planeId: demoId,
  title: 'Collect logs of demo',
  state: 'running',
  startedAt: ago(9_600),
  updatedAt: ago(1),
  done: 0,
  steps: [],
  offers: ['cancel'],
}

export const operations: readonly Operation[] = [
  collecting,
  installOf(paymentsId, '22222222-2222-4222-8222-222222222222', 4, 'interrupted'),
  installOf(demoId, '33333333-3333-4333-8333-333333333333', titles.length, 'done'),
]

const check = (
  part: Partial<PreflightResult> & Pick<PreflightResult, 'id' | 'title' | 'message'>,
): PreflightResult => ({
  category: 'cluster',
  severity: 'strict',
  deep: false,
  verdict: 'pass',
  strict: true,
  hint: '',
  evidence: '',
  elapsedMs: 42,
  ...part,
})

export const preflight: readonly PreflightResult[] = [
  check({ id: 'version', title: 'Kubernetes version', message: '1.36.2, at least 1.30 is required' }),
  check({ id: 'permissions', title: 'Permissions', message: 'All 31 that the charts need are granted' }),
  check({
    id: 'capacity',
    title: 'Capacity',
    verdict: 'warn',
    severity: 'warn',
    strict: false,
    message: '2.1 CPU free, 2.0 CPU are needed; little is left',
    hint: 'Add a node before integrations are deployed.',
    evidence: 'node-1: 4 CPU, 1.9 requested',
  }),
  check({ id: 'storage', title: 'Storage class', message: '"standard" is the default one' }),
  check({ id: 'foreign', title: 'Existing releases', message: 'No release of these names exists' }),
]

export const checkGuide: readonly CheckGuide[] = preflight.map(({ id, title, category, severity, deep }) => ({
  id,
  title,
  category,
  severity,
  deep,
  about: 'What the check compares, and what happens in an install without it.',
  remedy: 'How it is fixed on AKS, EKS, GKE and on premises.',
}))

const claim = { kind: 'PersistentVolumeClaim', namespace: 'plane-system', name: 'store-registry-0' }
const lostClaim: PlanLoss = {
  id: 'claim:plane-system/store-registry-0',
  step: 's0',
  kind: 'claim',
  message: 'PersistentVolumeClaim plane-system/store-registry-0 and its data are deleted.',
  objects: [claim],
}

const withoutHook: PlanWay = {
  id: 'hooks:gateway',
  step: 's0',
  kind: 'hooks',
  message:
    'Uninstall release gateway without its hooks (Job plane-system/gateway-cleanup). What they would clean up stays.',
  objects: [{ kind: 'Job', namespace: 'plane-system', name: 'gateway-cleanup' }],
}

const scaledByHand: ObjectChange = {
  object: { kind: 'Deployment', namespace: 'plane-system', name: 'agent' },
  change: 'change',
  fields: [
    { path: 'spec.replicas', before: '3', after: '1', hidden: false, managers: ['kubectl (scale)'] },
    { path: 'data.token', before: null, after: null, hidden: true, managers: [] },
  ],
  moreFields: 0,
}

const adopted = (name: string, step: string): PlanLoss => ({
  id: `adopt:${name}`,
  step,
  kind: 'adopt',
  message: `Release ${name} in namespace plane-system was installed by another helm (${name}-1.2.0, revision 3, deployed). It is upgraded and becomes a part of this plane.`,
  objects: [],
})
const dropped: PlanLoss = {
  id: 'release:plane-system/legacy',
  step: 's7',
  kind: 'release',
  message:
    'Release legacy in namespace plane-system is no longer in the profile: it is uninstalled, with its 4 objects.',
  objects: [],
}
const kept: PlanWay = {
  id: 'keep:plane-system/legacy',
  step: 's7',
  kind: 'keep',
  message: 'Release legacy in namespace plane-system stays in the cluster instead. Hangar removes its marks from it.',
  objects: [],
}

/** Of a plane that another helm installed, and of which a release left the profile. */
export const adoptingPlan = (planeId: string): Plan => ({
  ...planOf(planeId, 'install'),
  losses: [adopted('gateway', 's3'), adopted('agent', 's5'), dropped],
  ways: [kept],
})

export function planOf(planeId: string, action: Plan['action']): Plan {
  const steps = action === 'install' ? titles : titles.toReversed()
  return {
    schemaVersion: 1,
    planeId,
    action,
    createdAt: now(),
    context: 'bed-1',
    losses: action === 'uninstall' ? [lostClaim] : [],
    ways: action === 'uninstall' ? [withoutHook] : [],
    digest: 'sha256:4be1',
    steps: steps.map((title, index) => ({
      id: `s${index}`,
      title,
      needs: action === 'install' ? (needsOf[index] ?? []) : [],
      kind:
        action === 'uninstall'
          ? 'helm-uninstall'
          : title.startsWith('Namespace')
            ? 'namespace'
            : title.startsWith('Secrets')
              ? 'secret'
              : title.includes('Flux') && title !== 'Flux'
                ? 'flux-apply'
                : title === 'Verify'
                  ? 'verify'
                  : title === 'Agent'
                    ? 'helm-repair'
                    : 'helm-install',
      namespace: 'plane-system',
      before: action === 'install' ? 'not there' : 'revision 1, deployed',
      after: action === 'install' ? 'chart 1.2.0, revision 1' : 'gone',
      objects: [
        { kind: 'Deployment', namespace: 'plane-system', name: title.toLowerCase().replaceAll(/\W+/g, '-') },
        { kind: 'ServiceAccount', namespace: 'plane-system', name: title.toLowerCase().replaceAll(/\W+/g, '-') },
      ],
      changes: title === 'Agent' ? [scaledByHand] : [],
      notes: index === 4 ? ['Flux installs this one; Hangar applies its HelmRelease and waits.'] : [],
    })),
  }
}
