import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** Starts one OpenSearch node in this process. Each argument is a setting, as name=value; a value with commas is a list. */
class OpenSearchNode extends Node {
    /** Taken from the class path; a distribution has them in folders. */
    static final List<String> PLUGINS = List.of(
        "org.opensearch.transport.Netty4ModulePlugin",
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin");

    OpenSearchNode(Settings settings, Path home) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> "test"),
            PLUGINS.stream().map(OpenSearchNode::describe).toList(),
            true);
    }

    static PluginInfo describe(String plugin) {
        String java = String.valueOf(Runtime.version().feature());
        return new PluginInfo(plugin, "", "", Version.CURRENT, java, plugin, List.of(), false);
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            if (pair[1].contains(",")) settings.putList(pair[0], pair[1].split(","));
            else settings.put(pair[0], pair[1]);
        }
        Path home = Path.of(settings.get("path.home"));
        for (String folder : List.of("config", "modules", "plugins")) Files.createDirectories(home.resolve(folder));
        Node node = new OpenSearchNode(settings.build(), home);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
                node.awaitClose(10, TimeUnit.SECONDS);
            } catch (Exception error) {
                error.printStackTrace();
            }
        }));
        node.start();
        Thread.currentThread().join();
    }
}
