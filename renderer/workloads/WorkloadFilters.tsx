import { Button, Checkbox } from '@mantine/core'
import { useMemo } from 'react'
import { t } from '../strings/t.ts'
import { Facet } from '../ui/Facet.tsx'
import { SearchField } from '../ui/SearchField.tsx'
import { healthStatus } from '../ui/Status.tsx'
import { type FacetName, facetChoices, facetNames, isFiltered } from './filter.ts'
import { healths, noWorkloadFilter, type WorkloadFilter } from './shown.ts'
import type { ShownSnapshot } from './tree.ts'
import classes from './Workloads.module.css'

interface WorkloadFiltersProps {
  readonly objects: ShownSnapshot['objects']
  readonly filter: WorkloadFilter
  readonly onChange: (filter: WorkloadFilter) => void
}

/** The filter of the tree. It is in the address. */
export function WorkloadFilters({ objects, filter, onChange }: WorkloadFiltersProps) {
  return (
    <search className={classes.filters}>
      <SearchField
        className={classes.search}
        label={t('workloads.search')}
        placeholder={t('workloads.searchHint')}
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      {facetNames.map((name) => (
        <ObjectFacet key={name} name={name} objects={objects} filter={filter} onChange={onChange} />
      ))}
      <Checkbox
        label={t('workloads.unhealthyOnly')}
        checked={filter.unhealthyOnly}
        onChange={({ currentTarget }) => onChange({ ...filter, unhealthyOnly: currentTarget.checked })}
      />
      {isFiltered(filter) && (
        <Button variant="subtle" size="compact-xs" onClick={() => onChange(noWorkloadFilter)}>
          {t('workloads.filter.clear')}
        </Button>
      )}
    </search>
  )
}

function ObjectFacet({ name, objects, filter, onChange }: WorkloadFiltersProps & { readonly name: FacetName }) {
  const choices = useMemo(() => facetChoices(objects.values(), name, filter), [objects, name, filter])
  return (
    <Facet
      label={t(`workloads.filter.${name}`)}
      choices={choices.map((choice) => ({ ...choice, label: labelOf(name, choice.value) }))}
      chosen={filter[name]}
      onChange={(chosen) => onChange({ ...filter, ...facet(name, chosen) })}
    />
  )
}

const facet = (name: FacetName, chosen: readonly string[]): Partial<WorkloadFilter> =>
  name === 'healths' ? { healths: healths.filter((health) => chosen.includes(health)) } : { [name]: chosen }

function labelOf(name: FacetName, value: string): string {
  const health = name === 'healths' ? healths.find((one) => one === value) : undefined
  return health === undefined ? value : healthStatus[health].label
}
