import { type ComponentType, useEffect, useState } from 'react';
import { NotLoaded } from './NotLoaded.tsx';
import { LoadingState } from './PageState.tsx';
import { useText } from './text-context.tsx';

/**
 * A page whose code is loaded when somebody goes there, with the shape of a page in its place until then. Not
 * `React.lazy`: what takes the place of a fallback there is held back for up to 300 ms, also when the code has long
 * arrived. Where the code does not arrive, that page says so; everything around it stays.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Missing: ComponentType = NotLoaded,
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
  return function OnDemand(props: Props) {
    const { t } = useText();
    const [, setThere] = useState(loaded !== null);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded !== null) return;
      ready().then(
        () => setThere(true),
        () => setFailed(true),
      );
    }, []);
    if (failed) return <Missing />;
    const Page = loaded;
    return Page === null ? <LoadingState alone label={t('state.loading')} /> : <Page {...props} />;
  };
}
