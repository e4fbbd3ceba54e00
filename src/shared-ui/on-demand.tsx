import { type ComponentType, useEffect, useState } from 'react';
import { LoadingState } from './PageState.tsx';
import { useText } from './text-context.tsx';

/**
 * A page whose code is loaded when somebody goes there, with the shape of a page in its place until then. Not
 * `React.lazy`: what takes the place of a fallback there is held back for up to 300 ms, also when the code has long
 * arrived. A load that fails is thrown while drawing, for the boundary around the pages.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  const begin = async () => {
    loaded = await load();
  };
  let loading: Promise<void> | null = null;
  const ready = () => {
    loading ??= begin();
    return loading;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once a page, where the module is read
  return function OnDemand(props: Props) {
    const { t } = useText();
    const [, setThere] = useState(loaded !== null);
    const [failed, setFailed] = useState<{ readonly error: unknown } | null>(null);
    useEffect(() => {
      if (loaded !== null) return;
      ready().then(
        () => setThere(true),
        (error: unknown) => setFailed({ error }),
      );
    }, []);
    if (failed !== null) throw failed.error;
    const Page = loaded;
    return Page === null ? <LoadingState label={t('state.loading')} /> : <Page {...props} />;
  };
}
