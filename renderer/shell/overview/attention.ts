import type { EndpointRow } from '../../../preload/contract/connectivity.ts'
import type { LogStatus } from '../../../preload/contract/logs.ts'
import { causeLabel } from '../../connectivity/causeLabel.ts'
import { vantagesText } from '../../connectivity/details/differences.ts'
import { failedEndpoints, type Matrix } from '../../connectivity/matrix/matrix.ts'
import { rowTitle } from '../../connectivity/rowTitle.ts'
import { isKey, t } from '../../strings/t.ts'
import { healthStatus } from '../../ui/Status.tsx'
import type { ShownComponent } from '../../workloads/health.ts'
import { reasonCode, reasonText } from './verdict.ts'

/** Something that a person has to look at, and the part of the map that shows it. */
export interface AttentionItem {
  readonly key: string
  readonly tone: 'bad' | 'warn' | 'idle'
  readonly title: string
  readonly note: string
  /** What a click opens: the drawer with that part, or another tab. */
  readonly opens: Detail | 'logs'
}

/** What the drawer shows. */
export type Detail =
  | { readonly kind: 'component'; readonly id: string }
  | { readonly kind: 'endpoint'; readonly id: string }

/**
 * What needs attention, the worst first: components that are down, then findings (one cause for several endpoints), then failed
 * endpoints that no finding covers, then log sources that may not be read, then what someone suspended. Pure.
 */
export function attentionItems(
  components: readonly ShownComponent[],
  rows: readonly EndpointRow[],
  matrix: Matrix,
  sources: LogStatus['sources'] = [],
): readonly AttentionItem[] {
  const down = components.filter(({ health }) => health === 'degraded' || health === 'missing')
  // An optional component that is not installed has no objects.
  const suspended = components.filter(({ health, objects }) => health === 'suspended' && objects.length > 0)
  const covered = new Set(matrix.findings.flatMap(({ endpoints }) => endpoints))
  const alone = failedEndpoints(matrix).filter((endpoint) => !covered.has(endpoint))
  return [
    ...down
      .toSorted((one, other) => Number(one.health === 'missing') - Number(other.health === 'missing'))
      .map((component): AttentionItem => ofComponent(component, component.health === 'missing' ? 'warn' : 'bad')),
    ...matrix.findings.flatMap(({ cause, endpoints, hint }): AttentionItem[] => {
      const [first] = endpoints
      if (first === undefined) return []
      return [
        {
          key: `finding/${cause}/${endpoints.join()}`,
          tone: 'bad',
          title: t('overview.attention.finding', { cause: causeLabel(cause), count: endpoints.length }),
          note: hint,
          opens: { kind: 'endpoint', id: first },
        },
      ]
    }),
    ...alone.map((endpoint): AttentionItem => {
      const failed = Object.values(matrix.cells[endpoint] ?? {}).flatMap(({ result }) =>
        result?.verdict === 'fail' ? [result] : [],
      )
      return {
        key: `endpoint/${endpoint}`,
        tone: 'bad',
        title: t('overview.attention.endpoint', {
          title: rowTitle(endpoint, rows),
          cause: causeLabel(failed[0]?.cause ?? ''),
        }),
        note: t('overview.attention.failedFrom', {
          vantages: vantagesText(failed.map(({ vantage }) => vantage)),
          hint: failed[0]?.hint ?? '',
        }),
        opens: { kind: 'endpoint', id: endpoint },
      }
    }),
    ...sources.flatMap(({ id, title, collection }): AttentionItem[] =>
      collection?.state === 'refused' || collection?.state === 'retrying'
        ? [
            {
              key: `source/${id}`,
              tone: 'warn',
              title: t(`overview.attention.source.${collection.state}`, { title }),
              note: [collection.problem?.message, collection.problem?.hint].filter(Boolean).join(' '),
              opens: 'logs',
            },
          ]
        : [],
    ),
    ...suspended.map((component) => ofComponent(component, 'idle')),
  ]
}

const ofComponent = ({ id, title, reason, health }: ShownComponent, tone: AttentionItem['tone']): AttentionItem => ({
  key: `component/${id}`,
  tone,
  title: t('overview.attention.component', { title, state: stateText(health, reason) }),
  note: reason,
  opens: { kind: 'component', id },
})

/** The code of the reason in words, else the health: the reason itself is below. */
function stateText(health: ShownComponent['health'], reason: string): string {
  const why = reasonText(reason)
  return reasonCode(reason) !== '' && isKey(`overview.code.${reasonCode(reason)}`)
    ? why
    : healthStatus[health].label.toLowerCase()
}
