import { Select, type SelectProps } from '@mantine/core'
import { CutName } from './CutName.tsx'
import classes from './NameSelect.module.css'

export interface NameSelectProps extends Omit<SelectProps, 'data' | 'value'> {
  readonly data: readonly { readonly value: string; readonly label: string }[]
  readonly value: string | null
}

/** A shorter name has room in every field. */
const longFrom = 28

/**
 * A choice among names of one fleet: a name that is too long is cut in the middle, in the list and in the field. A field cannot
 * do that itself, so that the name is drawn over it, except while it is searched.
 */
export function NameSelect({ data, value, ...props }: NameSelectProps) {
  const label = data.find((each) => each.value === value)?.label ?? ''
  const isLong = label.length >= longFrom
  return (
    <Select
      {...props}
      data={[...data]}
      value={value}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <CutName name={option.label} />
        </span>
      )}
      inputContainer={(input) => (
        <div
          className={classes.container}
          data-drawn={isLong || undefined}
          data-searched={props.searchable || undefined}
        >
          {input}
          {isLong && (
            <span className={classes.drawn} aria-hidden>
              <CutName name={label} />
            </span>
          )}
        </div>
      )}
      title={label}
    />
  )
}
