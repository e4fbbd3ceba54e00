import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useConsoleText } from '../console-text.tsx';
import layout from '../parts/Layout.module.css';
import { ChoiceSearch } from '../parts/ServerChoice.tsx';
import { useTeamChoices } from '../teams/team-choices.ts';

/** Teams of the organization, any number of them. */
export function TeamChoice({
  label,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly chosen: readonly string[];
  readonly onChoose: (teamIds: readonly string[]) => void;
}) {
  const { t } = useConsoleText();
  const choices = useTeamChoices();
  // What is chosen stays there when the search does not find it.
  const [seen, setSeen] = useState<ReadonlyMap<string, string>>(new Map());
  const found = new Map(choices.options);
  const kept = chosen.filter((id) => !found.has(id)).map((id) => [id, seen.get(id) ?? id] as const);
  const teams = [...kept, ...choices.options];
  const choose = (ids: readonly string[]) => {
    setSeen(new Map([...seen, ...found]));
    onChoose(ids);
  };
  if (choices.ready && teams.length === 0 && choices.search === null)
    return <p className={layout.dim}>{t('teams.noneTitle')}</p>;
  return (
    <div className={layout.choose}>
      <ChoiceSearch label={t('teams.search')} choices={choices} />
      <Checkbox.Group label={label} value={[...chosen]} onChange={choose}>
        <div className={layout.choices}>
          {teams.map(([id, name]) => (
            <Checkbox key={id} value={id} label={name} />
          ))}
        </div>
      </Checkbox.Group>
    </div>
  );
}
