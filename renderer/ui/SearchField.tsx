import { CloseButton, TextInput } from '@mantine/core'
import { t } from '../strings/t.ts'
import { IconSearch } from './icons.ts'

export interface SearchFieldProps {
  /** Of the field, for screen readers. */
  readonly label: string
  readonly placeholder: string
  readonly value: string
  /** As many as the address keeps. */
  readonly maxCharacters?: number
  readonly error?: string | undefined
  readonly className?: string | undefined
  readonly onChange: (text: string) => void
}

/** The search of a view: "/" focuses it, and a button clears it. */
export const SearchField = (props: SearchFieldProps) => {
  const { label, placeholder, value, maxCharacters = 200, error, className, onChange } = props
  return (
    <TextInput
      data-search
      className={className}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={value}
      maxLength={maxCharacters}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      rightSection={
        value === '' ? undefined : (
          <CloseButton size="xs" aria-label={t('ui.clearSearch')} onClick={() => onChange('')} />
        )
      }
    />
  )
}
