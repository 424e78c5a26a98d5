import { Button, SegmentedControl, Switch } from '@mantine/core'
import type { EndpointRow } from '../../../preload/contract/connectivity.ts'
import { t } from '../../strings/t.ts'
import { IconX } from '../../ui/icons.ts'
import { SearchField } from '../../ui/SearchField.tsx'
import classes from '../Connectivity.module.css'
import type { Matrix } from './matrix.ts'
import { type Filter, filterCounts } from './visibleRows.ts'

const verdicts = ['all', 'fail', 'warn', 'unknown'] as const satisfies readonly Filter['verdict'][]

export interface FilterBarProps {
  readonly rows: readonly EndpointRow[]
  readonly matrix: Matrix
  readonly filter: Filter
  readonly onShow: (filter: Partial<Filter>) => void
}

/** Filters and orders the rows. */
export function FilterBar({ rows, matrix, filter, onShow }: FilterBarProps) {
  const counts = filterCounts(rows, matrix)
  return (
    <search className={classes.filters} aria-label={t('connectivity.filter.region')}>
      <SegmentedControl
        aria-label={t('connectivity.filter.byVerdict')}
        data={verdicts.map((value) => ({ value, label: t(`connectivity.filter.${value}`, { count: counts[value] }) }))}
        value={filter.verdict}
        onChange={(value) => {
          onShow({ verdict: verdicts.find((verdict) => verdict === value) ?? 'all' })
        }}
      />
      <SearchField
        className={classes.search}
        label={t('connectivity.filter.text')}
        placeholder={t('connectivity.filter.placeholder')}
        value={filter.text}
        onChange={(text) => onShow({ text })}
      />
      {filter.finding !== undefined && (
        <Button
          variant="light"
          size="compact-xs"
          rightSection={<IconX size={13} aria-hidden />}
          onClick={() => onShow({ finding: undefined })}
        >
          {t('connectivity.filter.clearFinding')}
        </Button>
      )}
      <Switch
        label={t('connectivity.filter.failingFirst')}
        checked={filter.order === 'failing'}
        onChange={({ currentTarget }) => onShow({ order: currentTarget.checked ? 'failing' : 'listed' })}
      />
    </search>
  )
}
