import { Button, Popover, Select } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import { t } from '../../strings/t.ts'
import { CutName } from '../../ui/CutName.tsx'
import { IconChevronDown } from '../../ui/icons.ts'
import type { ConnectivityStore } from '../store.ts'
import classes from './Chooser.module.css'
import { holdOptions } from './selectOptions.ts'
import { VantageList } from './VantageList.tsx'
import { choiceTitle } from './vantages.ts'

/** Chooses the vantages of the next run. */
export function VantageChooser({ store }: { readonly store: ConnectivityStore }) {
  const { offers, offersProblem, chosenVantages, holdSeconds, running, chooseVantages, setHoldSeconds, loadOffers } =
    useStore(store)
  const [opened, setOpened] = useState(false)
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      shadow="md"
      width="min(400px, calc(100vw - 32px))"
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <Button
          variant="default"
          rightSection={<IconChevronDown size={14} aria-hidden />}
          disabled={running}
          className={classes.target}
          title={choiceTitle(chosenVantages, offers)}
          onClick={() => {
            if (!opened) void loadOffers()
            setOpened(!opened)
          }}
        >
          <span className={classes.targetText}>
            <span className={classes.from}>{t('connectivity.vantage.from')}</span>
            <CutName name={choiceTitle(chosenVantages, offers)} />
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('connectivity.vantage.choose')} className={classes.dropdown}>
        <VantageList offers={offers} problem={offersProblem} chosen={chosenVantages} onChoose={chooseVantages} />
        <Select
          label={t('connectivity.watch.hold')}
          description={t('connectivity.watch.holdHint')}
          data={holdOptions(holdSeconds)}
          value={String(holdSeconds)}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(value) => setHoldSeconds(Number(value ?? 0))}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
