import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.plugins.Plugin;

/**
 * One node: its arguments are the folder in which config/opensearch.yml stands, and the classes of
 * its modules.
 *
 * <p>It ends with its standard input, so that it never outlives who started it.
 */
final class Node {
  public static void main(String[] args) {
    try {
      Path home = Path.of(args[0]);
      var modules = new ArrayList<Class<? extends Plugin>>();
      for (int i = 1; i < args.length; i++) {
        modules.add(Class.forName(args[i]).asSubclass(Plugin.class));
      }
      var given = Settings.builder().put("path.home", home).build();
      var environment =
          InternalSettingsPreparer.prepareEnvironment(
              given, Map.of(), home.resolve("config"), () -> "unnamed");
      new OpenSearchRunnerNode(environment, modules).start();
      System.in.readAllBytes();
      System.exit(0);
    } catch (Throwable problem) {
      problem.printStackTrace();
      System.exit(1);
    }
  }
}
