import { Select } from '@mantine/core'
import { t } from '../strings/t.ts'
import { type Range, ranges } from './query.ts'

interface RangeSelectProps {
  readonly label: string
  readonly range: Range
  readonly className?: string | undefined
  readonly onChange: (range: Range) => void
}

/** The known ranges of time; another one, of an address or of the histogram, is listed as custom while it is chosen. */
export function RangeSelect({ label, range, className, onChange }: RangeSelectProps) {
  const known = ranges.find((each) => JSON.stringify(each.range) === JSON.stringify(range))?.id
  const chosen: (typeof ranges)[number]['id'] | 'custom' = known ?? 'custom'
  return (
    <Select
      className={className}
      aria-label={label}
      allowDeselect={false}
      data={[...ranges.map(({ id }) => id), ...(chosen === 'custom' ? [chosen] : [])].map((id) => ({
        value: id,
        label: t(`logs.filter.ranges.${id}`),
      }))}
      value={chosen}
      onChange={(value) => {
        const next = ranges.find(({ id }) => id === value)?.range
        if (next !== undefined) onChange(next)
      }}
    />
  )
}
