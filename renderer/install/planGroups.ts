import type { Plan, PlanStep } from '../../preload/contract/install.ts'

const groupIds = ['namespaces', 'secrets', 'releases', 'claims', 'other', 'verify'] as const
type GroupId = (typeof groupIds)[number]

/** What a step does to what it is about. `write`: it creates or changes it. */
type Act = 'create' | 'write' | 'change' | 'delete' | 'keep' | 'verify'

const acts: Readonly<Record<PlanStep['kind'], Act>> = {
  namespace: 'create',
  secret: 'write',
  'helm-install': 'create',
  'helm-upgrade': 'change',
  'helm-repair': 'change',
  'helm-recover': 'change',
  'helm-uninstall': 'delete',
  'flux-apply': 'write',
  'flux-delete': 'delete',
  delete: 'delete',
  verify: 'verify',
  keep: 'keep',
}

export interface GroupRow {
  readonly step: PlanStep
  readonly act: Act
  /** Its place in the plan, from 1: groups do not change the order. */
  readonly position: number
}

export interface PlanGroup {
  readonly id: GroupId
  readonly rows: readonly GroupRow[]
  /** In the order of `acts`, without zeros. */
  readonly counts: readonly (readonly [Act, number])[]
  /** It changes or deletes something that exists, or has a loss, so that it is shown without a click. */
  readonly isOpen: boolean
}

/** The parts of ids are in `main/install/plan`; they are stable between plans. */
const groupOfPrefix: Readonly<Record<string, GroupId>> = {
  namespace: 'namespaces',
  secret: 'secrets',
  release: 'releases',
  claim: 'claims',
}

function groupOf({ id, kind, release }: PlanStep): GroupId {
  if (kind === 'verify') return 'verify'
  if (release !== undefined || kind.startsWith('helm-') || kind.startsWith('flux-')) return 'releases'
  if (kind === 'namespace') return 'namespaces'
  if (kind === 'secret') return 'secrets'
  return groupOfPrefix[id.split(':')[0] ?? ''] ?? 'other'
}

const order: readonly Act[] = ['create', 'write', 'change', 'delete', 'keep', 'verify']
const harmless: ReadonlySet<Act> = new Set(['create', 'write', 'keep', 'verify'])

/** The steps of a plan by what they are about. Pure. */
export function planGroups({ steps, losses }: Pick<Plan, 'steps' | 'losses'>): readonly PlanGroup[] {
  const losing = new Set(losses.map(({ step }) => step))
  const rows = steps.map((step, index): GroupRow => ({ step, act: acts[step.kind], position: index + 1 }))
  return groupIds.flatMap((id) => {
    const members = rows.filter(({ step }) => groupOf(step) === id)
    if (members.length === 0) return []
    const counts = order.flatMap((act) => {
      const count = members.filter((row) => row.act === act).length
      return count === 0 ? [] : [[act, count] as const]
    })
    return [
      { id, rows: members, counts, isOpen: members.some((row) => !harmless.has(row.act) || losing.has(row.step.id)) },
    ]
  })
}
