import { Button, Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import { t } from '../strings/t.ts'
import { ButtonPopover } from './ButtonPopover.tsx'
import classes from './Facet.module.css'
import { IconChevronDown } from './icons.ts'

interface FacetChoice {
  readonly value: string
  readonly label: string
  /** How many things have the value. */
  readonly count: number
}

export interface FacetProps {
  /** The attribute: "Kind". */
  readonly label: string
  readonly choices: readonly FacetChoice[]
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

/** More values than this have a search. */
const searchedFrom = 9
/** Of more values, only those that the search finds are shown. */
const listed = 50

/** A filter by the values of one attribute, with how many things have each. The button names what is chosen. */
export function Facet({ label, choices, chosen, onChange }: FacetProps) {
  const [opened, setOpened] = useState(false)
  const [text, setText] = useState('')
  const first = choices.find(({ value }) => chosen.includes(value))
  const found = choices.filter((choice) => choice.label.toLowerCase().includes(text.trim().toLowerCase()))
  const toggle = (value: string) =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value])
  return (
    <ButtonPopover
      label={first === undefined ? label : t('ui.facet.chosen', { label, first: first.label, more: chosen.length - 1 })}
      title={label}
      icon={<IconChevronDown size={14} aria-hidden />}
      size="xs"
      width={260}
      align="start"
      opened={opened}
      onChange={(next) => {
        setText('')
        setOpened(next)
      }}
    >
      <div className={classes.facet}>
        {choices.length >= searchedFrom && (
          <TextInput
            aria-label={t('ui.facet.search', { label })}
            placeholder={t('ui.facet.searchHint')}
            maxLength={200}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
        <ul className={classes.choices} aria-label={label}>
          {found.slice(0, listed).map(({ value, label: name, count }) => (
            <li key={value}>
              <Checkbox
                classNames={{ body: classes.choice, labelWrapper: classes.label }}
                label={
                  <>
                    <span className={classes.name}>{name}</span>{' '}
                    <span className={`${classes.count} numbers`}>{t('ui.facet.count', { count })}</span>
                  </>
                }
                checked={chosen.includes(value)}
                onChange={() => toggle(value)}
              />
            </li>
          ))}
        </ul>
        {found.length === 0 && <p className={classes.note}>{t('ui.facet.none')}</p>}
        {found.length > listed && (
          <p className={classes.note}>{t('ui.facet.more', { count: found.length - listed })}</p>
        )}
        {chosen.length > 0 && (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([])}>
            {t('ui.facet.clear')}
          </Button>
        )}
      </div>
    </ButtonPopover>
  )
}
