import type { EndpointRow } from '../../../preload/contract/connectivity.ts'
import { causeLabel } from '../../connectivity/causeLabel.ts'
import { vantagesText } from '../../connectivity/details/differences.ts'
import { failedEndpoints, type Matrix } from '../../connectivity/matrix/matrix.ts'
import { rowTitle } from '../../connectivity/rowTitle.ts'
import { t } from '../../strings/t.ts'
import type { ShownComponent } from '../../workloads/health.ts'

/** Something that a person has to look at, and the part of the map that shows it. */
export interface AttentionItem {
  readonly key: string
  readonly tone: 'bad' | 'warn'
  readonly title: string
  readonly note: string
  readonly detail: Detail
}

/** What the drawer shows. */
export type Detail =
  | { readonly kind: 'component'; readonly id: string }
  | { readonly kind: 'endpoint'; readonly id: string }

/**
 * What needs attention, the worst first: components that are down, then findings (one cause for several endpoints), then failed
 * endpoints that no finding covers. Pure.
 */
export function attentionItems(
  components: readonly ShownComponent[],
  rows: readonly EndpointRow[],
  matrix: Matrix,
): readonly AttentionItem[] {
  const down = components.filter(({ health }) => health === 'degraded' || health === 'missing')
  const covered = new Set(matrix.findings.flatMap(({ endpoints }) => endpoints))
  const alone = failedEndpoints(matrix).filter((endpoint) => !covered.has(endpoint))
  return [
    ...down
      .toSorted((one, other) => Number(one.health === 'missing') - Number(other.health === 'missing'))
      .map(
        ({ id, title, reason, health }): AttentionItem => ({
          key: `component/${id}`,
          tone: health === 'missing' ? 'warn' : 'bad',
          title,
          note: reason,
          detail: { kind: 'component', id },
        }),
      ),
    ...matrix.findings.flatMap(({ cause, endpoints, hint }): AttentionItem[] => {
      const [first] = endpoints
      if (first === undefined) return []
      return [
        {
          key: `finding/${cause}/${endpoints.join()}`,
          tone: 'bad',
          title: t('overview.attention.finding', { cause: causeLabel(cause), count: endpoints.length }),
          note: hint,
          detail: { kind: 'endpoint', id: first },
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
        note: t('overview.attention.failedFrom', { vantages: vantagesText(failed.map(({ vantage }) => vantage)) }),
        detail: { kind: 'endpoint', id: endpoint },
      }
    }),
  ]
}
