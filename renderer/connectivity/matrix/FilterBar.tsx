import { Button, SegmentedControl, Switch, TextInput } from '@mantine/core'
import type { EndpointRow } from '../../../preload/contract/connectivity.ts'
import { IconSearch, IconX } from '../../ui/icons.ts'
import classes from '../Connectivity.module.css'
import type { Matrix } from './matrix.ts'
import { type Filter, filterCounts } from './visibleRows.ts'

const verdicts = [
  ['all', 'All'],
  ['fail', 'Failing'],
  ['warn', 'Warnings'],
  ['unknown', 'Not known'],
] as const satisfies readonly (readonly [Filter['verdict'], string])[]

export interface FilterBarProps {
  readonly rows: readonly EndpointRow[]
  readonly matrix: Matrix
  readonly filter: Filter
  readonly onShow: (filter: Partial<Filter>) => void
}

/** Which rows are shown, and in what order. */
export function FilterBar({ rows, matrix, filter, onShow }: FilterBarProps) {
  const counts = filterCounts(rows, matrix)
  return (
    <search className={classes.filters} aria-label="Connections">
      <SegmentedControl
        aria-label="Show by verdict"
        data={verdicts.map(([value, word]) => ({ value, label: `${word} ${counts[value]}` }))}
        value={filter.verdict}
        onChange={(value) => {
          const [verdict] = verdicts.find(([name]) => name === value) ?? ['all' as const]
          onShow({ verdict })
        }}
      />
      <TextInput
        type="search"
        aria-label="Filter connections"
        placeholder="Name, host, port, cause"
        className={classes.sought}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter.text}
        onChange={({ currentTarget }) => onShow({ text: currentTarget.value })}
      />
      {filter.finding !== undefined && (
        <Button
          variant="light"
          size="compact-xs"
          rightSection={<IconX size={13} aria-hidden />}
          onClick={() => onShow({ finding: undefined })}
        >
          Only the rows of a finding
        </Button>
      )}
      <Switch
        label="Worst first"
        checked={filter.order === 'worst'}
        onChange={({ currentTarget }) => onShow({ order: currentTarget.checked ? 'worst' : 'listed' })}
      />
    </search>
  )
}
