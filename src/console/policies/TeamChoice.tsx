import { Checkbox } from '@mantine/core';
import { teamListSchema } from '../../shared/contracts/hub-api.ts';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';

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
  const { api } = useHere();
  const loaded = useRead({ path: api('teams'), answer: teamListSchema });
  const teams = loaded.state === 'ready' ? loaded.value.teams : [];
  if (teams.length === 0) return <p className={layout.dim}>{t('teams.noneTitle')}</p>;
  return (
    <Checkbox.Group label={label} value={[...chosen]} onChange={onChoose}>
      <div className={layout.choices}>
        {teams.map((team) => (
          <Checkbox key={team.id} value={team.id} label={team.name} />
        ))}
      </div>
    </Checkbox.Group>
  );
}
